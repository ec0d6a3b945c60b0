import { setTimeout } from 'node:timers/promises'
import { observeModelCalls } from '@quipu/llm'
import { createTestRecorder } from '@quipu/testing'
import type { Conversation } from '../../packages/wire/fixtures/conversations.js'
import { callCount, observedCall, openCallCount, retryCount } from '../../packages/wire/fixtures/observed-call.js'
import type { Client } from './client.js'
import type { Run } from './compare-runs.js'
import { judge } from './judge.js'
import type { PlayServer } from './play-server.js'
import { runSituation } from './run-situation.js'
import { conversationOf, expectedOf, isStreamed, type Situation } from './situations.js'

type Recorder = ReturnType<typeof createTestRecorder>

/** Runs a situation once while model calls are observed. */
export async function observeRun(
  client: Client,
  situation: Situation,
  conversation: Conversation,
  server: PlayServer,
): Promise<{ readonly run: Run; readonly recorder: Recorder }> {
  const recorder = createTestRecorder()
  const stop = observeModelCalls({ recorder })
  const run = await runSituation(client, situation, conversation, server)
  // A body may still be in decoding when the client has it.
  for (let i = 0; i < 20 && openCallCount(recorder) > 0 && situation.name !== 'never read'; i++) await setTimeout(50)
  recorder.recordPending()
  stop()
  return { run, recorder }
}

interface ObservedRun {
  readonly run: Run
  readonly recorder: Recorder
  readonly server: PlayServer
}

/** Returns `right` if the recorded values of a run are correct, otherwise the difference. */
export function judgeRun(
  client: Client,
  situation: Situation,
  conversations: ReadonlyMap<string, Conversation>,
  { run, recorder, server }: ObservedRun,
): string {
  const conversation = conversations.get(conversationOf(client, situation) ?? '')
  const asked = conversations.get((isStreamed(situation) ? client.stream : client.plain) ?? client.plain)
  if (conversation === undefined || asked === undefined) return 'no such conversation'
  return judge(situation, expectedOf(situation, conversation, asked), {
    requestCount: run.requests.length,
    openCalls: openCallCount(recorder),
    hasLeft: server.hasLeft,
    asksAgain: client.asksAgain === true,
    calls: callCount(recorder),
    retries: retryCount(recorder),
    call: observedCall(recorder),
    isBodySeen: client.isNodeHttp !== true || !process.version.startsWith('v20.'),
  })
}
