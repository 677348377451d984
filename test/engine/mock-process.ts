/** A mock as a process of its own, so that it can be stopped with SIGSTOP: settings as JSON in the argument, its address on stdout. */
import { startMock } from '../../src/mock/server.ts'

const mock = await startMock(JSON.parse(process.argv[2] ?? '{}'))
process.stdout.write(`${mock.url}\n`)
// Its parent is gone: nobody will end it.
process.stdin.resume().on('end', () => process.exit())
