/**
 * The kinds of problems that a scenario can have, one file for each. Each has a page, `scenarios/problems/CODE.md`:
 * what it means, why it matters, what to do, a broken example and the same one mended.
 */
export { E_ALIAS } from './problems/syntax/E_ALIAS.ts'
export { E_CONTROL_CHARACTER } from './problems/syntax/E_CONTROL_CHARACTER.ts'
export { E_DEPTH } from './problems/syntax/E_DEPTH.ts'
export { E_DOCUMENTS } from './problems/syntax/E_DOCUMENTS.ts'
export { E_DUPLICATE_KEY } from './problems/syntax/E_DUPLICATE_KEY.ts'
export { E_EMPTY } from './problems/syntax/E_EMPTY.ts'
export { E_KEY } from './problems/syntax/E_KEY.ts'
export { E_MERGE_KEY } from './problems/syntax/E_MERGE_KEY.ts'
export { E_NUMBER } from './problems/syntax/E_NUMBER.ts'
export { E_SYNTAX } from './problems/syntax/E_SYNTAX.ts'
export { E_TAG } from './problems/syntax/E_TAG.ts'
export { E_TOO_BIG } from './problems/syntax/E_TOO_BIG.ts'
export { E_TOO_MANY_KEYS } from './problems/syntax/E_TOO_MANY_KEYS.ts'
