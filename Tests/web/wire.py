"""The wire between a browser and thin, that can be pulled: a TCP proxy. Pulled, it keeps what is open and passes nothing on, as a cable
does that nobody was told of; cut, it ends everything and takes nothing new."""
import asyncio
import threading


class Wire:
    def __init__(self, target_port):
        self.target_port = target_port
        self.port = None
        self._is_cut = False
        self._open = set()
        self._passes = None
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()
        threading.Thread(target=self._run, args=(ready,), daemon=True).start()
        if not ready.wait(10):
            raise RuntimeError("the wire does not listen")

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def _run(self, ready):
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._listen())
        ready.set()
        self._loop.run_forever()

    async def _listen(self):
        self._passes = asyncio.Event()
        self._passes.set()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]

    async def _accept(self, reader, writer):
        if self._is_cut:
            writer.transport.abort()
            return
        self._open.add(writer)
        far = None
        try:
            await self._passes.wait()
            far_reader, far = await asyncio.open_connection("127.0.0.1", self.target_port)
            self._open.add(far)
            await asyncio.gather(self._pipe(reader, far), self._pipe(far_reader, writer))
        except OSError:
            pass
        finally:
            for each in (writer, far):
                if each is not None:
                    self._open.discard(each)
                    each.transport.abort()

    async def _pipe(self, reader, writer):
        try:
            while data := await reader.read(65536):
                await self._passes.wait()
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    def _call(self, function):
        done = threading.Event()
        self._loop.call_soon_threadsafe(lambda: (function(), done.set()))
        if not done.wait(10):
            raise RuntimeError("the wire does not answer")

    def _end_all(self):
        for each in list(self._open):
            each.transport.abort()

    def pull(self):
        """Nothing passes, and nobody is told."""
        self._call(self._passes.clear)

    def cut(self):
        """Everything ends, and nothing new begins."""
        def end():
            self._is_cut = True
            self._end_all()
        self._call(end)

    def mend(self):
        """As before; what was open meanwhile is dead."""
        def begin():
            self._is_cut = False
            self._end_all()
            self._passes.set()
        self._call(begin)
