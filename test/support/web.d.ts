// The MCP SDK's types name one of the web's that Node's own types leave out.
type HeadersInit = NonNullable<ConstructorParameters<typeof Headers>[0]>;
