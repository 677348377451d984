import { readFileSync } from 'node:fs'

/** Version of the installed package, whose package.json lies above dist/ as above src/. */
export const VERSION: string = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
