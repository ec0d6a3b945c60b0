import { trackFeature } from '@quipu/sdk'
import { FeatureMetrics, trackFeatureAsync } from '@quipu/sdk/feature-metrics'
import { recordAnalysisComplexity } from '@quipu/sdk/user-metrics'

/** A document that cannot be analysed. */
export class CorruptDocumentError extends Error {
  override readonly name = 'CorruptDocumentError'
}

export interface Analysis {
  readonly kind: 'threat_model' | 'data_flow'
  /** From 1 to 10. */
  readonly complexity: number
  readonly findings: readonly string[]
}

/** Analyses documents, the main feature of the application. */
export class Analyzer {
  analyzeThreats(text: string): Analysis {
    using feature = new FeatureMetrics('threat_analysis')
    try {
      const lines = linesOf(text)
      return finish(
        'threat_model',
        lines,
        lines.filter((line) => /admin|root|open/i.test(line)),
      )
    } catch (error) {
      feature.fail(error)
      throw error
    }
  }

  @trackFeatureAsync('data_flow_analysis')
  async analyzeDataFlow(text: string): Promise<Analysis> {
    const lines = linesOf(text)
    return finish(
      'data_flow',
      lines,
      lines.filter((line) => line.includes('->')),
    )
  }

  /** Yields the lines of a report. */
  @trackFeature('export')
  *report(analyses: readonly Analysis[]): Generator<string> {
    yield '# Report'
    for (const { kind, complexity, findings } of analyses)
      yield `${kind}: ${complexity}/10, ${findings.length} findings`
  }
}

function linesOf(text: string): string[] {
  if (text.includes('\0')) throw new CorruptDocumentError(`cannot read ${text}`)
  return text.split('\n').filter((line) => line.trim() !== '')
}

function finish(kind: Analysis['kind'], lines: readonly string[], findings: readonly string[]): Analysis {
  const complexity = Math.min(10, Math.max(1, lines.length))
  recordAnalysisComplexity(kind, complexity)
  return { kind, complexity, findings }
}
