import { readFileSync } from 'node:fs'

/** The version of burn, as the package.json of the installed package states it. */
export const VERSION: string = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
