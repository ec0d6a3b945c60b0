import type { EventSpecs } from '../types.js'
import { llmErrorTypes } from './llm-error-types.js'

/** Atlas' activity events. The fields are an allow-list: no other field can reach a line. */
export const atlasEvents = {
  llm_call: {
    help: 'A model call that succeeded',
    fields: {
      model: { class: 'model', help: 'Model name' },
      message_count: 'count',
      // Tool calls that the model requested; only for requests that offered tools.
      tool_count: 'count',
    },
    vocabulary: 'atlas',
    source: 'A16–A19',
  },
  tool_call: {
    help: 'A tool call that succeeded',
    fields: { tool_name: { class: 'tool', help: 'Name of the tool, without its arguments' } },
    vocabulary: 'atlas',
    source: 'A20–A21',
  },
  tool_error: {
    help: 'A tool call that failed',
    fields: { tool_name: { class: 'tool', help: 'Name of the tool that failed' } },
    vocabulary: 'atlas',
    source: 'A22–A23',
  },
  file_upload: {
    help: 'A file uploaded through the API',
    fields: {
      file_size: 'bytes',
      content_type: { class: 'mime', help: 'Media type, without parameters' },
      // The document does not list it among the event's fields, but among the values to log.
      file_count: 'count',
    },
    vocabulary: 'atlas',
    source: 'A24–A26',
  },
  file_stored: {
    help: 'A file put into storage',
    fields: {
      file_size: 'bytes',
      content_type: { class: 'mime', help: 'Media type, without parameters' },
      category: ['uploads', 'generated', 'other'],
    },
    vocabulary: 'atlas',
    source: 'A27–A30',
  },
  error: {
    help: 'An error that affected a user',
    fields: {
      // A failed model call has a value of the closed set; the other values are the application's, from the document or
      // its upstream.
      error_type: {
        class: 'errorType',
        values: [
          ...llmErrorTypes,
          'validation',
          'authorization',
          'domain',
          'unexpected',
          'file_upload_failed',
          'context_window_exceeded',
        ],
      },
    },
    vocabulary: 'atlas',
    source: 'A31–A32',
  },
} as const satisfies EventSpecs
