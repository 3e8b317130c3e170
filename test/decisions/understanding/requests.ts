/** The table of requests: what is said, and what has to come of it. */
import { dangerous, elsewhere, injected } from './requests/foreign.ts';
import { fresh } from './requests/fresh.ts';
import { plain } from './requests/plain.ts';
import { seed } from './requests/seed.ts';
import { languages, misspelt } from './requests/spelled.ts';
import { ambiguous, unsaid } from './requests/unsure.ts';

export const requests = { seed, plain, languages, misspelt, elsewhere, dangerous, injected, unsaid, ambiguous, fresh };
