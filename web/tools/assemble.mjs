// node web/tools/assemble.mjs FOLDER
//
// Makes the folder that the server's --web-root serves. It is built beside FOLDER and renamed into
// its place, so that FOLDER is all old, all new, or (between two renames) not there; an interrupted
// run leaves a neighbour that the next one removes.
import { fileURLToPath, pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { collect } from './collect.mjs';
import { install, Refused } from './install.mjs';

const repository = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Makes FOLDER of what is in SOURCE, a checkout of the repository. Returns the names of its files.
 */
export async function assemble(folder, source = repository) {
  return install(resolve(folder), await collect(source));
}

async function main(words) {
  if (words.length !== 1 || words[0] === '' || words[0].startsWith('-')) {
    console.error('usage: node web/tools/assemble.mjs FOLDER');
    return 2;
  }
  try {
    const files = await assemble(words[0]);
    console.log(`${files.length} files in ${words[0]}`);
    return 0;
  } catch (error) {
    // A refusal says what to do; for any other error the stack says more than its message.
    console.error(error instanceof Refused ? `assemble: ${error.message}` : error);
    return 1;
  }
}

if (
  process.argv[1] !== undefined &&
  import.meta.url === pathToFileURL(resolve(process.argv[1])).href
) {
  process.exitCode = await main(process.argv.slice(2));
}
