/** Someone whom the demo lets in without a password. */
export interface DemoUser {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
}

/** Two users to watch each other not see a thing, one who sees everything, and a worker that reports `external` jobs. */
export const DEMO_USERS: readonly DemoUser[] = [
  { id: 'ada', name: 'Ada', email: 'ada@example.org', roles: [], scopes: [] },
  { id: 'grace', name: 'Grace', email: 'grace@example.org', roles: [], scopes: [] },
  { id: 'admin', name: 'Admin', email: 'admin@example.org', roles: ['admin'], scopes: [] },
  { id: 'worker', name: 'Worker', email: 'worker@example.org', roles: [], scopes: ['jobs:report'] },
];
