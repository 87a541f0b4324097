"""The least that a web server can do with what it is given: one route, one append, nothing checked.

python -m tests.bench.bare_append REDIS_URL PORT
"""

import sys

import uvicorn
from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


def app(url: str) -> Starlette:
    redis = Redis.from_url(url)

    async def incident(request: Request) -> JSONResponse:
        pipe = redis.pipeline(transaction=False)
        pipe.xadd("bare", {"d": await request.body()})
        pipe.execute_command("WAITAOF", 1, 0, 1000)
        await pipe.execute()
        return JSONResponse({}, 201)

    async def positions(request: Request) -> JSONResponse:
        await redis.xadd("bare", {"d": await request.body()})
        return JSONResponse({}, 202)

    async def alive(_request: Request) -> JSONResponse:
        return JSONResponse({})

    return Starlette(
        routes=[
            Route("/", alive),
            Route("/api/v1/incidents", incident, methods=["POST"]),
            Route("/api/v1/positions", positions, methods=["POST"]),
        ]
    )


if __name__ == "__main__":
    uvicorn.run(app(sys.argv[1]), port=int(sys.argv[2]), log_level="error", access_log=False)
