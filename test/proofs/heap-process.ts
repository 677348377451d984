/** Runs as fast as it can, and prints the heap after a collection along the way, one line each. Started with --expose-gc. */
import { runScenario } from '../support/run.ts'

const collect = globalThis.gc
if (!collect) throw new Error('start it with --expose-gc')
const [url = '', iterations = '1'] = process.argv.slice(2)
const samples: number[] = []
const timer = setInterval(() => {
  collect()
  samples.push(process.memoryUsage().heapUsed)
}, 200)
const { result } = await runScenario(
  {
    name: 'heap',
    target: { preset: 'openai-chat', url: `${url}/v1/chat/completions`, timeouts: { idle: '100ms' } },
    load: [{ users: 10, iterations: Number(iterations) }],
    steps: [{ message: 'one' }, { message: 'two', expect: [{ contains: 'turn' }], capture: { said: 'text' } }],
  },
  { keep: false },
)
clearInterval(timer)
process.stdout.write(JSON.stringify({ samples, attempts: result.total.counts.planned, failed: result.total.counts.failed }))
