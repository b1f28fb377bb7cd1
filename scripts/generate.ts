// npm run generate: builds generated/ (Prisma clients) from the schemas, if they have changed.
import { ensureGenerated } from '#platform/generated.ts';

console.log(ensureGenerated() ? 'generated/ was built' : 'generated/ is up to date');
