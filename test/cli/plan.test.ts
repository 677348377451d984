import { describe, expect, test } from 'vitest'
import { chat, Home, mockFor } from './harness.ts'

describe('burn plan', () => {
  test('sends nothing, and takes the flags of run', async () => {
    const home = new Home()
    const mock = await mockFor()
    home.write('a.json', chat(mock.url))
    const { code, stdout } = await home.call(['plan', 'a.json', '-r', '10', '-d', '30', '--reply-time', '500ms'])
    expect(code).toBe(0)
    expect(stdout).toContain('estimates take a reply to last 500ms')
    expect(stdout).toMatch(/constant-arrival-rate, at 0ms, for 30s/)
    expect(stdout).toMatch(/attempts +300; per iteration 1/)
    expect(stdout).toMatch(/open files allowed [\d,]+, local ports/)
    const stats = (await (await fetch(`${mock.url}/__mock/stats`)).json()) as { requests: number }
    expect(stats.requests).toBe(0)
    expect(home.files()).toEqual(['a.json'])
  })

  test('counts the rows of data files, and warns when they are too few', async () => {
    const home = new Home()
    home.write('rows.csv', 'name\nAda\nGrace\n')
    const data = { people: { file: 'rows.csv', pick: 'unique' } }
    home.write('a.json', chat('mock:', { data, load: [{ iterations: 5 }], steps: [{ message: '{{people.name}}' }] }))
    const { stdout } = await home.call(['plan', 'a.json'])
    expect(stdout).toMatch(/data +people: rows.csv, 2 rows, unique/)
    expect(stdout).toContain('! data people: 2 rows, each handed out once, for about 5 iterations')
  })

  test('refuses what run refuses', async () => {
    const home = new Home()
    home.write('a.json', chat('http://127.0.0.1:1', { load: [{ users: 0 }] }))
    const [invalid, price] = await Promise.all([
      home.call(['plan', 'a.json']),
      home.call(['plan', 'a.json', '--input-price', 'cheap']),
    ])
    expect([invalid.code, price.code]).toEqual([2, 2])
    expect(price.stderr).toContain('--input-price cheap')
  })
})
