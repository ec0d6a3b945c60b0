import { trackError } from '@quipu/sdk'

export default function handler(request, response) {
  trackError('by_api')
  response.status(200).json({ id: request.query.id })
}
