// Names the native packages whose macOS or Windows binaries are missing from pnpm-lock.yaml.
// A registry mirror may lack some of them, and pnpm leaves what it cannot find out of the lockfile without a word.
import { readFileSync } from 'node:fs';

const lockfile = readFileSync(new URL('../pnpm-lock.yaml', import.meta.url), 'utf8');
const packages = lockfile.split('\npackages:\n').at(-1).split('\nsnapshots:\n')[0];

/** 'esbuild@0.28.2' → the platforms its lockfile entries are for. */
const families = new Map();
for (const [, name, version] of packages.matchAll(/^ {2}'?([^\s']+)@([^\s@']+?)'?:$/gm)) {
  const platform = /[-./]((?:darwin|linux|win32)\b.*)$/.exec(name);
  if (!platform) continue;
  const family = `${name.slice(0, platform.index)}@${version}`;
  families.set(family, [...(families.get(family) ?? []), platform[1]]);
}

const needed = ['darwin-arm64', 'win32-x64', 'linux-x64'];
const lacking = [...families].filter(([, platforms]) => !needed.every((need) => platforms.some((platform) => platform.startsWith(need))));
for (const [family, platforms] of lacking) {
  console.error(`${family} has only ${platforms.join(', ')}: pin a complete version under "overrides" in pnpm-workspace.yaml.`);
}
if (lacking.length > 0) process.exit(1);
console.log(`Lockfile: ${families.size} native packages, each with binaries for Linux, macOS and Windows.`);
