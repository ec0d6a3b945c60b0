export async function GET(_request, { params }) {
  return Response.json({ id: (await params).id })
}

export async function POST(request) {
  return Response.json({ length: (await request.text()).length }, { status: 201 })
}
