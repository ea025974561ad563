// What bench/kernel-agree.mjs and bench/kernel-mutate.mjs run: bundled by bench/parts/bundle.mjs.
import { ledgerLines, trustFile } from "../../bench/parts/ledger-writer.mjs";
import { jcs } from "../../fixtures/make/bytes.mjs";
import { Ledger, textOf, withheldOf } from "../../fixtures/make/ledger.mjs";
import type { Loose } from "../../fixtures/make/loose.mjs";
import { standard } from "../../fixtures/make/story.mjs";
import { Kernel } from "../../src/kernel/kernel.js";
import { KernelRecognizer } from "../../src/kernel/kernel-recognizer.js";
import { passesSelfTest } from "../../src/kernel/self-test.js";
import { giveTrust, type KernelTrust, kernelTrustOf } from "../../src/kernel/trust.js";
import type { TrustFile } from "../../src/keys/trust-file.js";
import { recordBytes } from "../../src/ledger/record.js";
import { scopeOf } from "../../src/receipt/signed-bytes.js";
import { builtKernels, compareRecords, moduleOf } from "../support/kernel.js";
import { seeded } from "../support/seeded.mjs";
import { engine, trust, trustOf } from "../support/verify.js";
import { basicLines, editedLines, editedWithheld, looseTexts, mixedLines, variedLines } from "./edits.js";
import { basicFaults, constantFaults, type Fault, otherFaults } from "./faults.js";
import { acceptingEngine, brokenTexts, compileAccepting, damagedLine, textsOf } from "./texts.js";
import { crowds, crowdTrust, longest, places, sequences, variety, varietyTrust } from "./variety.js";

/** Lines, and the trust that they are recognized with. */
export interface Corpus {
  readonly name: string;
  readonly trust: KernelTrust;
  readonly ownScope: Uint8Array | undefined;
  readonly bytes: Uint8Array;
  /** Whether it is for a kernel that accepts every signature. */
  readonly accepting: boolean;
}

function corpus(name: string, text: string | Uint8Array, asked: TrustFile, tenant?: string): Corpus {
  return {
    name,
    trust: kernelTrustOf(asked)!,
    ownScope: tenant === undefined ? undefined : scopeOf(engine.sha3_256, tenant),
    bytes: typeof text === "string" ? Buffer.from(text) : text,
    accepting: false,
  };
}

const zeros = `sha3-256:${"0".repeat(64)}`;
const withLf = (lines: readonly (string | Uint8Array)[]) =>
  Buffer.concat(lines.flatMap((line) => [Buffer.from(line as string), Buffer.of(0x0a)]));

/** What fills the places that a block has: candidates, signatures, texts, tenants, records. */
function crowded(): Uint8Array {
  const ledger = new Ledger({ label: "crowded", keyAt: () => "gate-1" });
  const held = ledger.hold({ intent: false });
  for (let i = 0; i < 600; i++)
    ledger.resolve(held, "granted", { signatures: ["alice", "bob", "carol"], intent: i % 2 === 0 });
  for (const length of [10_000, 100_000, 200_000, 250_000, 349_000, 360_000, 500_000]) {
    const large = ledger.hold({ facts: { a: "x".repeat(length) }, intent: false });
    for (let i = 0; i < 3; i++)
      ledger.resolve(large, "granted", { signatures: ["alice", "bob"], intent: false });
    ledger.resolve(held, "granted", { signatures: ["alice", "bob"], intent: false });
  }
  return withLf([ledger.text().trimEnd(), "", "x", ...Array<string>(9000).fill("{"), jcs(ledger.lines[0])]);
}

function tenants(): Uint8Array {
  const ledger = new Ledger({ label: "tenants", keyAt: () => "gate-1" });
  for (let i = 0; i < 60; i++) ledger.add({ tenant: `tenant:${i % 50}`, intent: false });
  return withLf([ledger.text().trimEnd()]);
}

/** One entry whose approval has so many signatures, or requirements. */
function large(): Uint8Array {
  const ledger = new Ledger({ label: "large", keyAt: () => "gate-1" });
  for (const count of [16, 17, 64, 65]) {
    const signatures = Array.from({ length: count }, () => "alice");
    const required = Array.from({ length: count }, (_, i) => ({
      group: `g${String(i).padStart(2, "0")}`,
      threshold: 1,
    }));
    ledger.hold({ signatures, intent: false });
    ledger.hold({ required, intent: false });
  }
  return withLf([ledger.text().trimEnd()]);
}

/** All that a change of the kernel is to be noticed by, what is short first. */
export function corpora(): Corpus[] {
  const basic = basicLines();
  const random = seeded(7);
  const damaged = (lines: readonly Loose[], count: number) => {
    const texts = textsOf(lines);
    return withLf(
      Array.from({ length: count }, () => damagedLine(texts[Math.floor(random() * texts.length)]!, random)),
    );
  };
  const scopeless = standard().withhold(({ seq }) => seq % 2 === 0).lines;
  const basicTexts = textsOf(basic);
  const edited = [...editedLines(basic)];
  const loose = basic.slice(0, 6).flatMap((line) => [...looseTexts(line)]);
  return [
    corpus("basic", textOf(basic), varietyTrust, "tenant:acme-health/prod"),
    corpus("variety", variety().text(), varietyTrust, "tenant:é"),
    corpus("places", places().text(), varietyTrust),
    corpus(
      "places withheld",
      places()
        .withhold(() => true)
        .text(),
      varietyTrust,
      "tenant:acme-health/prod",
    ),
    corpus("crowds", crowds().text(), crowdTrust),
    corpus("longest", longest(), trust),
    corpus("sequences", sequences().text(), varietyTrust),
    corpus(
      "no scope",
      textOf(scopeless.map((line) => (line.scope === undefined ? line : { ...line, scope: zeros }))),
      trust,
    ),
    corpus("withheld", textOf([...editedWithheld(basic[0]), withheldOf(basic[0])]), varietyTrust),
    corpus("loose", withLf(loose), varietyTrust),
    corpus("tenants", tenants(), crowdTrust),
    corpus("large", large(), varietyTrust),
    corpus("some edited", textOf(edited.filter((_, i) => i % 9 === 0)), varietyTrust),
    corpus("edited", textOf(edited), varietyTrust),
    corpus("crowded", crowded(), crowdTrust),
    corpus("bench", [...ledgerLines(1000)].join(""), trustOf(trustFile())),
    {
      ...corpus("broken", withLf([...brokenTexts([1, 4, 5, 11].map((i) => basicTexts[i]!))]), varietyTrust),
      accepting: true,
    },
    { ...corpus("damaged", damaged(basic, 10_000), varietyTrust), accepting: true },
    { ...corpus("damaged variety", damaged(variedLines(), 10_000), varietyTrust), accepting: true },
  ];
}

/** Every record that a kernel makes of a corpus, and how many lines each call went through; "" where it refuses the trust. */
export async function recordsOfCorpus(wasm: Uint8Array, of: Corpus): Promise<Buffer> {
  const kernel = await Kernel.start((await moduleOf("changed", wasm))!);
  if (!giveTrust(kernel, of.trust, of.ownScope)) return Buffer.of();
  const recognizer = new KernelRecognizer(kernel);
  const parts: Uint8Array[] = [];
  for await (const { records, bytes, runs = [] } of recognizer.blocks(of.bytes)) {
    parts.push(records.slice(), Buffer.from(`${records.length / recordBytes} ${bytes.length}`));
    for (const { first, count, start, hashes } of runs)
      parts.push(Buffer.from(`${first} ${count} ${start}`), hashes);
  }
  return Buffer.concat(parts);
}

/** Holds kernels against the reference for some minutes, with lines drawn anew from a seed. */
export async function agreeFor(minutes: number, seed: number, say: (text: string) => void): Promise<boolean> {
  const random = seeded(seed);
  const kernels = await builtKernels();
  const accepting = (await moduleOf("accepting", await compileAccepting()))!;
  const basic = basicLines();
  const varied = variedLines();
  const texts = textsOf([...basic, ...varied]);
  const counts = { mixed: 0, damaged: 0, edited: 0, ordinary: 0, wrong: 0, unexplained: 0 };
  const handedOver = new Map<string, number>();
  const hold = async (lines: readonly Uint8Array[], accepts: boolean) => {
    const modules = accepts ? [accepting] : kernels;
    const found = await compareRecords(withLf(lines), modules, {
      trust: varietyTrust,
      tenant: "tenant:é",
      ...(accepts ? { engine: acceptingEngine } : {}),
    });
    counts.ordinary += found.ordinary / modules.length;
    counts.wrong += found.wrong.length;
    counts.unexplained += found.unexplained.length;
    for (const [why, count] of found.handedOver)
      handedOver.set(why, (handedOver.get(why) ?? 0) + count / modules.length);
    for (const one of [...found.wrong, ...found.unexplained]) say(one.slice(0, 4000));
  };
  const take = <T>(from: Iterator<T>, count: number): T[] => {
    const taken: T[] = [];
    while (taken.length < count) {
      const next = from.next();
      if (next.done === true) break;
      taken.push(next.value);
    }
    return taken;
  };
  const mixed = mixedLines([...basic, ...varied], random);
  const edited = editedLines([...basic, ...varied]);
  const end = performance.now() + minutes * 60_000;
  while (performance.now() < end) {
    const next = [take(mixed, 500), take(edited, 500)] as const;
    await hold(
      next.flat().map((line) => Buffer.from(jcs(line))),
      false,
    );
    await hold(
      Array.from({ length: 1000 }, () => damagedLine(texts[Math.floor(random() * texts.length)]!, random)),
      true,
    );
    counts.mixed += next[0].length;
    counts.edited += next[1].length;
    counts.damaged += 1000;
  }
  say(JSON.stringify({ ...counts, handedOver: Object.fromEntries(handedOver) }));
  return counts.wrong === 0 && counts.unexplained === 0;
}

/** Every fault that is known, one wrong bit in each long constant among them. */
export function allFaults(source: (file: string) => string): Fault[] {
  const files = ["curve.ts", "scalar.ts", "sha512.ts", "keccak.ts"];
  return [...basicFaults, ...otherFaults, ...files.flatMap((file) => constantFaults(file, source(file)))];
}

/** Whether the self-test refuses a kernel. */
export async function findsFault(wasm: Uint8Array): Promise<boolean> {
  const module = await moduleOf("faulty", wasm);
  return module === undefined || !(await passesSelfTest(module, engine.sha3_256));
}

export { withFault } from "./faults.js";
export { acceptingKernel } from "./texts.js";
