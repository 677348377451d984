/** A call in the test's own process says what the command says as a process, byte by byte: whatever other tests ask of it there holds for the command. `npm test` asks of a fifth of the commands, `npm run proofs` of all. */
import { expect, test } from 'vitest'
import { shareOf } from '../support/share.ts'
import { chat, Home, mockFor, OUT } from './harness.ts'

/** Output without moments and durations, which differ from one run to the next. */
function comparable([command]: readonly string[], stdout: string): unknown {
  if (command === 'ping')
    return stdout
      .replace(/^ *date: .*$/m, 'date')
      .replace(/\d[\d.]* ?(?:ms|µs|s)\b/g, 'n')
      .replace(/ +/g, ' ')
  if (!stdout.startsWith('{"') && !stdout.startsWith('{\n')) return stdout
  const { verdict, reason, exitCodes, total } = JSON.parse(stdout)
  return total === undefined ? stdout : { verdict, reason, exitCodes, counts: total.counts }
}

const commands: [args: string[]][] = [
  [['run', 'good.json', ...OUT, '-q', '--json']],
  [['--help']],
  [['run', '--help']],
  [['rnu', 'good.json']],
  [['run', 'good.json', '--conections', '3']],
  [['run', 'good.json', 'bad.json']],
  [['run', 'good.json', '--show-config', '--seed', 'x']],
  [['validate', 'good.json', 'bad.json']],
  [['validate', 'bad.json', '--format', 'json']],
  [['plan', 'good.json', '--seed', 'x']],
  [['plan', 'good.json', '--graph']],
  [['ping', 'good.json']],
  [['report', 'before']],
  [['report', 'before', '--format', 'md']],
  [['report', 'bad.json']],
  [['tail', 'before']],
  [['tail', 'nowhere']],
  [['generate', '--list']],
  [['generate', 'spike', '-o', '-']],
  [['generate', '--type', 'nothing']],
  [['convert', 'curl.sh', '--from', 'curl']],
  [['mock', '--list']],
  [['schema', 'result']],
]

test.each(shareOf(commands))('%j', async (args) => {
  const home = new Home()
  const mock = await mockFor({ rateLimitEvery: 2 })
  home.write('good.json', chat(mock.url, { seed: 'x' }))
  home.write('bad.json', chat(mock.url, { tresholds: [] }))
  home.write('curl.sh', "curl http://127.0.0.1/chat -H 'x-api-key: abcdef123456' -d a=1")
  await home.call(['run', 'good.json', '--out', 'before', '--allow-lag', '60s', '--log', 'all', '-q'])
  const said = []
  for (const how of ['burn', 'call'] as const) {
    mock.reset()
    const { code, stdout, stderr } = await home[how](args[0] === 'run' ? [...args, '--overwrite'] : args)
    said.push({ code, stderr, stdout: comparable(args, stdout) })
  }
  expect(said[1]).toEqual(said[0])
  expect(`${said[0]?.stdout}${said[0]?.stderr}`).not.toBe('')
})
