/**
 * Runs as fast as it can, and prints the heap after a collection along the way as JSON. Started with --expose-gc. A first run, half as long, is not
 * sampled: during its requests V8 still compiles code and learns types, and their memory stays.
 */
import { runScenario } from '../support/run.ts'

const collect = globalThis.gc
if (!collect) throw new Error('start it with --expose-gc')
const [url = '', iterations = '1'] = process.argv.slice(2)

const run = (count: number) =>
  runScenario(
    {
      name: 'heap',
      target: { preset: 'openai-chat', url: `${url}/v1/chat/completions`, timeouts: { idle: '100ms' } },
      load: [{ users: 10, iterations: count }],
      steps: [{ message: 'one' }, { message: 'two', expect: [{ contains: 'turn' }], capture: { said: 'text' } }],
    },
    { keep: false },
  )

await run(Number(iterations) / 2)
const samples: number[] = []
const timer = setInterval(() => {
  collect()
  samples.push(process.memoryUsage().heapUsed)
}, 200)
const { result } = await run(Number(iterations))
clearInterval(timer)
process.stdout.write(JSON.stringify({ samples, attempts: result.total.counts.planned, failed: result.total.counts.failed }))
