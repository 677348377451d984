/** The entry point of the thread in which a mock server runs, in the built program. */
import { loadBuilt } from './compiled.ts'

const { mockThread } = loadBuilt('burn.cjs', 'mock-thread') as typeof import('./main.ts')
void mockThread()
