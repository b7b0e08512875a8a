"""Serves the harness page and the sound of the made-up call from one process."""

import io
import math
import wave
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from tests.e2e.harness.review_desk_made import DURATION_S

RATE = 8000


def write_sound(path: Path) -> None:
    """A quiet hum as long as the call, 8 kHz, one channel."""
    second = b"".join(
        int(3000 * math.sin(2 * math.pi * 220 * place / RATE)).to_bytes(2, "little", signed=True)
        for place in range(RATE)
    )
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(second * int(DURATION_S))
    path.write_bytes(sound.getvalue())


def make_app(sound: Path) -> st.App:
    write_sound(sound)

    async def serve(request: Request) -> Response:
        """Any other name is gone, as an expired address is."""
        name = request.path_params["name"]
        return FileResponse(sound, media_type="audio/wav") if name == "call" else Response(status_code=404)

    return st.App(Path(__file__).with_name("review_desk_page.py"), routes=[Route("/made/{name}.wav", serve)])


if __name__ == "__main__":
    import os

    import uvicorn

    port = int(os.environ["REVIEW_DESK_PORT"])
    uvicorn.run(make_app(Path(os.environ["REVIEW_DESK_SOUND"])), host="127.0.0.1", port=port, log_level="warning")
