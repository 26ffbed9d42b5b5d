"""The promised face of the mock phone."""

import logging
import ssl
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from twiliobridge.caller.api import TwilioApi
from twiliobridge.caller.carrier import Connect
from twiliobridge.caller.conditions import LineConditions, StreamKind
from twiliobridge.caller.conversation import Conversation
from twiliobridge.caller.dial import dial
from twiliobridge.caller.ear import QUIET_SECONDS
from twiliobridge.caller.identity import CallIdentity, new_sid
from twiliobridge.caller.journal import Journal
from twiliobridge.caller.line import GOOD_LINE
from twiliobridge.caller.live.keyboard import Keyboard, Terminal
from twiliobridge.caller.live.phone import HeadsetPhone
from twiliobridge.caller.notes import Observe
from twiliobridge.caller.placing import Order
from twiliobridge.caller.recordings import AudioFile, load_audio, save_call
from twiliobridge.caller.result import Answer, ConversationResult
from twiliobridge.caller.route import Route, dial_along
from twiliobridge.sound import MICROPHONE_RATE, Headset, PortAudio, Which
from twiliobridge.wires.http import NO_FIELDS

GREETING_SECONDS = 10.0
"The bridge's own bound on a model that is not ready."
RESPONSE_SECONDS = 30.0
"Precedent for a default: the validator that this client replaces."


class MockTwilioClient(HeadsetPhone):
    """What Twilio does when somebody calls: `async with MockTwilioClient(url) as client` is one call, under
    Trio or asyncio.

    `bridge_url`: `ws(s)://` is the stream itself. `http(s)://` is a voice webhook: it is asked, signed, for
    TwiML, and that is followed to the stream, and after it.
    `stream_sid`, `account_sid`, `call_sid`: MZ, AC, CA and 32 hex digits; new ones if not given. ValueError
    if they are otherwise.
    `logger`: gets every note as a line with the call SID, warnings at WARNING and the rest at DEBUG.
    `sample_rate`: of a microphone, in Hz; files and the stream have their own.
    `auth_token`: signs the handshake and the webhooks. `public_url`: the address, `https://` and host, by
    which the server knows itself and checks signatures, if it is reached at another one here: the host of
    each request. TwiML that names that host (without `public_url`, the webhook's own) leads to where the
    webhook is. `stream_origin`: where the streams are that the TwiML names, if that is elsewhere. `headers`:
    further fields for a tunnel or a proxy in front of the server; no other server is sent them.
    `from_`, `to`: E.164, for the webhook; a stream does not say them.
    `observe`: is told (seconds, what) as it happens; an exception in it ends the call and comes out of the
    block. `connect`: `over_wire(wire)` for a bridge in the same process.
    `device`: the microphone, by number or a part of its name. `headset`: microphone and speaker, if not this
    machine's. `keyboard`: whom `live_conversation` talks to.
    `kind`: of a stream called directly; one that the server may not answer, for example. `conditions`: what
    is wrong with the line. `api`: a double of Twilio's REST API, through which the server may end the call;
    its account is the caller's.

    Entering raises NotConnected with the code that Twilio would log.
    """

    def __init__(  # noqa: PLR0913 -- the promised signature
        self,
        bridge_url: str,
        stream_sid: str | None = None,
        account_sid: str | None = None,
        call_sid: str | None = None,
        logger: logging.Logger | None = None,
        sample_rate: int = MICROPHONE_RATE,
        *,
        custom_parameters: Mapping[str, str] | None = None,
        auth_token: str | None = None,
        ssl_context: ssl.SSLContext | None = None,
        from_: str = CallIdentity.from_,
        to: str = CallIdentity.to,
        observe: Observe | None = None,
        connect: Connect = dial,
        device: Which = None,
        headset: Headset | None = None,
        keyboard: Callable[[], Keyboard] = Terminal,
        kind: StreamKind = StreamKind.BIDIRECTIONAL,
        conditions: LineConditions = GOOD_LINE,
        public_url: str | None = None,
        api: TwilioApi | None = None,
        stream_origin: str | None = None,
        headers: Mapping[str, str] = NO_FIELDS,
    ) -> None:
        if sample_rate <= 0:
            raise ValueError(f"sample_rate is in Hz and positive, not {sample_rate}")
        if api is not None:
            account_sid, auth_token = account_sid or api.account_sid, auth_token or api.auth_token
        identity = CallIdentity(
            stream_sid=new_sid("MZ") if stream_sid is None else stream_sid,
            account_sid=new_sid("AC") if account_sid is None else account_sid,
            call_sid=new_sid("CA") if call_sid is None else call_sid,
            custom_parameters=custom_parameters or {},
            from_=from_,
            to=to,
        )
        route = Route.to(bridge_url, public_url, stream_origin, headers)
        self.bridge_url = bridge_url
        self.sample_rate = sample_rate
        order = Order(
            url=bridge_url,
            identity=identity,
            journal=Journal(identity.call_sid, observe, logger),
            kind=kind,
            conditions=conditions,
            auth_token=auth_token,
            ssl_context=ssl_context,
            connect=dial_along(route) if connect is dial else connect,
            route=route,
            api=api,
        )
        if order.begins_with_webhook and (identity.custom_parameters or not kind.bidirectional):
            raise ValueError("what a webhook leads to says its TwiML: its own parameters, its own track")
        super().__init__(order, headset or PortAudio(input=device), sample_rate, keyboard)

    async def initiate_call_flow(self) -> None:
        """Say `connected` and `start`. From now on a frame leaves every 20 ms, speech or silence."""
        await self.line.start()

    async def wait_for_ai_greeting(self, timeout: float = GREETING_SECONDS) -> Answer:  # noqa: ASYNC109 -- promised
        """All frames of the greeting, once it was heard to its end and 0.7 s have passed.

        TooSlow after `timeout` seconds; CallEnded if the line goes down before anything was heard.
        """
        return await self._ear.wait_answer_within(timeout)

    async def send_user_audio(self, file_path: AudioFile) -> None:
        """Say a recording; returns when its last frame is out. Any WAV file: it is read and converted
        before it begins.

        AudioFileError, naming the file, if it is missing or cannot be read; CallEnded if the line goes down
        meanwhile. Cancelled, what was queued is still said.
        """
        await self.line.say_all(await load_audio(file_path))

    async def wait_for_ai_response(
        self,
        timeout: float = RESPONSE_SECONDS,  # noqa: ASYNC109 -- promised
        quiet: float = QUIET_SECONDS,
        mark: str | None = None,
    ) -> Answer:
        """All that was heard in answer since the caller's last turn began, once the agent has been quiet
        for `quiet` seconds: also what was heard before this was called.

        `mark`: the name of the agent's mark behind its answer. Played, it ends the answer at once.

        TooSlow after `timeout` seconds; CallEnded if the line goes down before anything was heard.
        """
        return await self._ear.wait_answer_within(timeout, quiet, mark)

    async def multi_turn_conversation(
        self,
        audio_files: Sequence[AudioFile],
        *,
        wait_for_greeting: bool = True,
        greeting_timeout: float = GREETING_SECONDS,
        response_timeout: float = RESPONSE_SECONDS,
    ) -> ConversationResult:
        """Say each recording and wait for its answer; starts the stream if nobody did.

        A file that cannot be read is an AudioFileError before anything is said, and no file a ValueError.
        What the agent does is in the result.
        """
        files = [(Path(each), await load_audio(each)) for each in audio_files]
        if not files:
            raise ValueError("a conversation needs a recording to say")
        if self.line.began is None:
            await self.line.start()
        conversation = Conversation(self.line, self._ear, files, response_timeout)
        return await conversation.hold(greeting_timeout if wait_for_greeting else None)

    def save_collected_audio(self, output_dir: AudioFile) -> list[Path]:
        """Write both sides as WAV files, the whole call and each turn, as heard: cleared audio is absent.

        Parents are created. Returns the paths. OSError if a file cannot be written. Works after the call,
        too.
        """
        return save_call(self.line, Path(output_dir))

    async def send_dtmf(self, digit: str) -> None:
        """Press a key: one of 0-9 * # A-D, else ValueError."""
        self.line.press(digit)
