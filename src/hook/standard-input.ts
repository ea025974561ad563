import { refusalOf } from "../io/refusal.js";

/**
 * Reads standard input to its end, or one byte beyond `most`, which shows that there is more. An
 * agent that never ends it does not keep the hook from ending itself.
 */
export async function readStandardInput(most: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
      chunks.push(chunk.subarray(0, most + 1 - length));
      length += chunk.length;
      if (length > most) break;
    }
  } catch (error) {
    throw refusalOf(error, "cannot read the event on standard input");
  }
  return Buffer.concat(chunks);
}
