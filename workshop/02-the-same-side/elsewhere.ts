// Asks the files that are judged in a process of their own, as after a restart: the sides of the keys that it reads, as JSON.
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import type { StickinessModule } from './ground.ts';

const [folder = '', capability = '', percent = ''] = process.argv.slice(2);
const { sideOf } = (await import(pathToFileURL(join(folder, 'stickiness.ts')).href)) as StickinessModule;
const keys = JSON.parse(await text(process.stdin)) as readonly string[];
console.log(JSON.stringify(keys.map((key) => sideOf(key, capability, Number(percent)))));
