import { symlinkSync } from 'node:fs'
import { expect, test } from 'vitest'
import { chat, Home, OUT } from '../harness.ts'

test.each(['s.json', 'rows.csv', 'link.json'])(
  '--output %s, which the run reads, is refused and stays as it was',
  async (output) => {
    const home = new Home()
    const data = { rows: { file: 'rows.csv' } }
    home.write('rows.csv', 'name\nAda\n')
    home.write('s.json', chat('http://127.0.0.1:1', { data, steps: [{ message: '{{rows.name}}' }] }))
    symlinkSync(home.file('s.json'), home.file('link.json'))
    const before = home.read(output)
    const { code, stderr } = await home.call(['run', 's.json', ...OUT, '-o', output])
    expect(stderr).toContain(`--output ${output}: the run reads this file, and the result would replace it`)
    expect([code, home.read(output)]).toEqual([2, before])
  },
)
