/** A module of the kernel as `npm run build` makes it: WebAssembly in base64. */
export declare const wasm: string;
