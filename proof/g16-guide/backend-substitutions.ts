import type { GuideFile, MissingFile } from './substitution.ts';

/** Every block of the backend, and every line in which what runs differs from what is written. */
export const BACKEND_FILES: readonly GuideFile[] = [
  // kept as it is, to be asked beside ours what it would have said
  { heading: 'Jobs Gateway', path: 'app/gateways/guide/jobs.gateway.ts', rows: [] },
  {
    heading: 'Register Gateway in Module',
    path: 'app/app.module.ts',
    rows: [
      {
        kind: 'imports',
        guide: "import { JobsGateway } from './gateways/jobs.gateway';",
        here: "import { jobsModules } from './jobs.modules';",
      },
      { kind: 'module', guide: 'providers: [JobsGateway],', here: 'imports: jobsModules,' },
    ],
  },
  {
    heading: 'Backend Gateway Testing',
    path: 'app/gateways/jobs.gateway.spec.ts',
    rows: [
      { kind: 'imports', guide: '', here: "import { useHarmoniaSockets } from '@harmonia/gateway';" },
      {
        kind: 'imports',
        guide: "import { JobsGateway } from './jobs.gateway';",
        here: "import { AppModule } from '../app.module';\nimport { testToken } from '../test-token';",
      },
      { kind: 'module', guide: 'providers: [JobsGateway],', here: 'imports: [AppModule],' },
      {
        kind: 'module',
        guide: 'app = module.createNestApplication();',
        here: 'app = module.createNestApplication();\nuseHarmoniaSockets(app);',
      },
      { kind: 'port', guide: 'await app.listen(3333);', here: 'await app.listen(0);' },
      { kind: 'port', guide: "client = io('http://localhost:3333', {", here: 'client = io(await app.getUrl(), {' },
      { kind: 'token', guide: "auth: { token: 'test-token' },", here: 'auth: { token: testToken },' },
    ],
  },
  {
    heading: 'Room Naming Conventions',
    path: 'app/excerpts/room-names.ts',
    rows: [
      { kind: 'module', guide: '', here: 'export function roomNames(jobId: string, userId: string) {' },
      { kind: 'module', guide: '', here: 'return { jobRoom, userRoom, adminRoom };\n}', where: 'after' },
    ],
  },
  {
    heading: 'Broadcasting to Rooms',
    path: 'app/excerpts/broadcasting.ts',
    rows: [
      { kind: 'imports', guide: '', here: "import type { Server } from 'socket.io';" },
      {
        kind: 'module',
        guide: '',
        here: 'export function broadcast(this: { server: Server }, jobId: string, userId: string, job: object): void {',
      },
      { kind: 'module', guide: '', here: '}', where: 'after' },
    ],
  },
  {
    heading: 'JWT Token Validation',
    path: 'app/excerpts/token-validation.ts',
    rows: [
      { kind: 'imports', guide: '', here: "import { Logger } from '@nestjs/common';" },
      {
        kind: 'missing types',
        guide: 'constructor(private jwtService: JwtService) {}',
        here: 'private readonly logger = new Logger(JobsGateway.name);\nconstructor(private jwtService: JwtService) {}',
      },
    ],
  },
];

/** What the guide's blocks import, or take for granted, and the guide does not show. */
export const BACKEND_MISSING: readonly MissingFile[] = [
  {
    path: 'app/secret.ts',
    lines: "export const secret = 'a secret of this proof, at least 32 bytes long';",
  },
  {
    path: 'app/test-token.ts',
    lines: `import { JwtService } from '@nestjs/jwt';
import { secret } from './secret';
export const testToken = new JwtService({ secret }).sign({ sub: 'mock-user-id' }, { expiresIn: '1h' });`,
  },
  {
    path: 'app/jobs.modules.ts',
    lines: `import { HarmoniaGatewayModule } from '@harmonia/gateway';
import { DiskFileStore, HarmoniaJobsModule, SqliteJobStore } from '@harmonia/job-engine';
import { join } from 'node:path';
import { secret } from './secret';
export const jobsModules = [
  HarmoniaJobsModule.forRoot({
    store: () => SqliteJobStore.open({ directory: ':memory:' }),
    files: new DiskFileStore(join(__dirname, 'files')),
    runner: false,
  }),
  HarmoniaGatewayModule.forRoot({ jwt: { secret } }),
];`,
  },
  // compiled only: whatever was called on the guide's class can be called on ours
  {
    path: 'app/gateways/same-methods.ts',
    lines: `import type { JobsGateway } from '@harmonia/gateway';
import type { JobsGateway as GuideGateway } from './guide/jobs.gateway';
type Emits = 'emitJobStatus' | 'emitJobProgress' | 'emitJobCompleted' | 'emitJobFailed';
export const asInTheGuide = (gateway: JobsGateway): Pick<GuideGateway, Emits> => gateway;
export async function call(gateway: JobsGateway, job: Record<string, unknown>): Promise<void> {
  await gateway.emitJobStatus('job-123', 'processing');
  await gateway.emitJobProgress('job-123', { current: 3, total: 12, percentage: 25, message: 'Page 3' });
  await gateway.emitJobCompleted(job);
  await gateway.emitJobFailed('job-123', 'mock-user-id', 'It broke.');
}`,
  },
];
