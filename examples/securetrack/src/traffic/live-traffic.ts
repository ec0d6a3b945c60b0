import { setTimeout as delay } from 'node:timers/promises'
import { Account } from './account.js'
import { Visitor } from './visitor.js'

const NAMES = ['ana', 'ben', 'chen', 'dina', 'emma', 'femi']

/** The actions of users, with their frequencies. */
const habits: readonly (readonly [weight: number, habit: (visitor: Visitor) => Promise<unknown>])[] = [
  [8, (visitor) => visitor.chat()],
  [8, (visitor) => visitor.stream()],
  [5, (visitor) => visitor.ask()],
  [4, (visitor) => visitor.search()],
  [3, (visitor) => visitor.opinion('review')],
  [3, (visitor) => visitor.opinion('title')],
  [4, (visitor) => visitor.chatWithTool('calculator')],
  [2, (visitor) => visitor.chatWithRetries()],
  [1, (visitor) => visitor.chatWithoutLuck()],
  [1, (visitor) => visitor.chatWithBrokenModel()],
  [1, (visitor) => visitor.chatWithTool('file_reader')],
  [1, (visitor) => visitor.streamThatBreaks()],
  [1, (visitor) => visitor.streamThatFails()],
  [2, (visitor) => visitor.stopStream()],
  [2, (visitor) => visitor.preview()],
  [4, async (visitor) => visitor.analyzeThreats(await visitor.upload('open port 22\nadmin -> app'))],
  [3, async (visitor) => visitor.analyzeDataFlow(await visitor.upload('app -> db\nuser -> app\nroot -> db'))],
  [1, (visitor) => visitor.analyzeCorrupt()],
  [2, (visitor) => visitor.exportReport()],
  [1, (visitor) => visitor.deleteWorkspace()],
  [1, (visitor) => visitor.loginWithWrongPassword()],
  [1, (visitor) => visitor.comeWithForgedToken()],
  [1, (visitor) => visitor.lookAround()],
  [1, (visitor) => visitor.crash()],
]

/** Runs a few users until the signal is aborted; failures after that are ignored. */
export async function runLiveTraffic(url: string, signal: AbortSignal): Promise<void> {
  await Promise.allSettled(NAMES.map((name) => live(url, `${name}@example.com`, signal)))
}

async function live(url: string, user: string, signal: AbortSignal): Promise<void> {
  const visitor = new Visitor(new Account(), url, user, 'something private')
  await visitor.register()
  while (!signal.aborted) {
    await visitor.login()
    for (let i = 0; i < 20 && !signal.aborted; i++) {
      await pick()(visitor)
      await delay(Math.random() * 600, undefined, { signal })
    }
    await visitor.logout()
  }
}

function pick(): (visitor: Visitor) => Promise<unknown> {
  const weighted = habits.flatMap(([weight, habit]) => Array.from({ length: weight }, () => habit))
  return weighted[Math.floor(Math.random() * weighted.length)] ?? ((visitor) => visitor.chat())
}
