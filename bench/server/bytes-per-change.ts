import type { Bench } from '../bench.ts';
import { fanOut } from './rig/fan-out.ts';

/** What a change of progress costs on the wire. */
export const bytesPerChange: Bench = {
  name: 'bytes-per-change',
  measures:
    'Bytes to a viewer of 1,000 jobs that change 50 times a second each, websocket headers included, for each source change, and for each row that a frame holds (so without what conflation saves).',
  figures: {
    plain: { what: "bytes per progress change, against the guide's", unit: '×', atMost: 1 / 2, beside: ['perChange', 'guide', 'perRow'] },
    compressed: { what: 'the same with compression', unit: '×', atMost: 1 / 6, beside: ['compressedPerChange', 'compressedPerRow'] },
    perChange: { what: 'each source change', unit: 'bytes' },
    perRow: { what: 'each row', unit: 'bytes' },
    compressedPerChange: { what: 'each source change', unit: 'bytes' },
    compressedPerRow: { what: 'each row', unit: 'bytes' },
    guide: { what: "the guide's", unit: 'bytes' },
  },
  run: async ({ full, seed }) => {
    const stream = { seed, jobs: 1000, progress: 'steps', endsEvery: 5000 } as const;
    const setting = { stream, rate: 50_000, viewers: 2, seconds: full ? 10 : 2 };
    const ours = { ...setting, kind: 'harmonia', watch: () => ({ kind: 'all', words: 'sync' }) as const } as const;
    const guide = await fanOut({ ...setting, kind: 'guide', watch: () => ({ kind: 'all', words: 'guide' }) });
    const plain = await fanOut({ ...ours, auth: { protocol: 1 } });
    const compressed = await fanOut({ ...ours, auth: { protocol: 1, inflate: true }, compression: 'all' });
    return {
      plain: plain.bytesPerSeen / guide.bytesPerSeen,
      compressed: compressed.bytesPerSeen / guide.bytesPerSeen,
      perChange: plain.bytesPerSeen,
      perRow: plain.bytesPerRow,
      compressedPerChange: compressed.bytesPerSeen,
      compressedPerRow: compressed.bytesPerRow,
      guide: guide.bytesPerSeen,
    };
  },
};
