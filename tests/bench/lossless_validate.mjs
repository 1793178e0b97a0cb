// Microsoft's Open XML SDK as a filter: paths of workbooks in, one line of JSON out for each.
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { pathToFileURL } from "node:url";

const home = path.resolve(process.argv[2], "@ooxml-tools/validate/dist/npm/index.js");
const { default: validate } = await import(pathToFileURL(home).href);

for await (const file of readline.createInterface({ input: process.stdin })) {
  let answer;
  try {
    const faults = await validate(new Uint8Array(fs.readFileSync(file)), "xlsx", "Microsoft365");
    answer = faults.map((fault) => [fault.id, fault.path?.partUri ?? "", fault.path?.xpath ?? "", fault.description]);
  } catch (problem) {
    answer = { problem: String(problem) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
process.exit(0);
