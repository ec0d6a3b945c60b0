/**
 * Methods that OpenTelemetry's conventions name (RFC 9110, RFC 5789, QUERY). All other methods are recorded as one
 * value.
 */
export const httpMethods = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
  'QUERY',
] as const
