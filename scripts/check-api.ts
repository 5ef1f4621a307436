import { createConfig, lintFromString, type NormalizedProblem } from '@redocly/openapi-core';
import { ENDPOINTS } from '../src/web/api/endpoints.ts';
import { openApiDocument } from '../src/web/api/openapi.ts';

/** `npm run check:api`: lints the description of the API as it would be served. Any remark is one too many. */
const document = openApiDocument(ENDPOINTS, 'https://music.example.org');
const config = await createConfig({ extends: ['recommended-strict'] });
const problems = await lintFromString({ source: JSON.stringify(document), config });
for (const problem of problems) console.error(`${whereOf(problem)}: ${problem.message} (${problem.ruleId})`);
if (problems.length > 0) process.exitCode = 1;

function whereOf({ location }: NormalizedProblem): string {
  return location.map(({ pointer }) => pointer).join(', ');
}
