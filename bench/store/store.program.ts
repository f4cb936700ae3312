// first: it compiles what Angular's packages leave to the one who links them
import '@angular/compiler';
import { answering } from '../rig/program-answer.ts';
import { contest, type Contest } from './contest.ts';

await answering((input: Contest) => contest(input));
