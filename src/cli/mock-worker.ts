/** The entry of the built program in the thread of a mock. */
import { loadBuilt } from './compiled.ts'

const { mockThread } = loadBuilt('burn.cjs', 'mock-thread') as typeof import('./main.ts')
void mockThread()
