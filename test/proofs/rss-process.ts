/** Ten users read one endless-looking reply each; prints how much memory the process had at most, in bytes. */
import { runScenario } from '../support/run.ts'

const [url = ''] = process.argv.slice(2)
const { result } = await runScenario(
  {
    name: 'rss',
    target: { url, dialect: 'generic', stream: true, response: { delta: '$.text' }, limits: { reply: '2GiB' } },
    load: [{ users: 10, iterations: 10 }],
    conversation: { memory: 'none' },
    steps: [{ message: 'say much' }],
  },
  { keep: false },
)
const { ok, failed } = result.total.counts
const maxRssBytes = process.resourceUsage().maxRSS * 1024
process.stdout.write(JSON.stringify({ ok, failed, received: result.total.bytesReceived, maxRssBytes }))
