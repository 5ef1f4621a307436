import { readPackages } from './licences/packages.ts';
import { runTool } from './run-tool.ts';

/** `npm run licences`: every package that production runs. */
await runTool(async () => {
  for (const { name, version, licence } of readPackages()) console.log(`${name}@${version}  ${licence}`);
  return 0;
});
