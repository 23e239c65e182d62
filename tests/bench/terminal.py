"""A program under a pseudo-terminal, and what a person would see there: for tests/bench/screen."""
import ctypes
import ctypes.util
import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time


class Rect(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int) for name in ("start_row", "end_row", "start_col", "end_col")]


def vterm():
    """libvterm, which the golden screens use as well."""
    library = ctypes.CDLL(ctypes.util.find_library("vterm") or "libvterm.so.0")
    for name in ("vterm_new", "vterm_obtain_screen"):
        getattr(library, name).restype = ctypes.c_void_p
    library.vterm_screen_get_text.restype = ctypes.c_size_t
    library.vterm_screen_get_text.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t, Rect]
    library.vterm_output_read.restype = ctypes.c_size_t
    library.vterm_output_read.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]
    library.vterm_input_write.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]
    return library


class Screen:
    """`command` with a terminal of ours. `feed`: a command whose standard output becomes its standard input, and whose
    standard error is kept line by line in .told."""

    library = None

    def __init__(self, command, columns=200, rows=50, feed=None, env=None):
        Screen.library = Screen.library or vterm()
        self.columns, self.rows, self.feeder, self.told, self.rest = columns, rows, None, [], b""
        self.model = ctypes.c_void_p(self.library.vterm_new(rows, columns))
        self.library.vterm_set_utf8(self.model, 1)
        self.view = ctypes.c_void_p(self.library.vterm_obtain_screen(self.model))
        self.library.vterm_screen_enable_altscreen(self.view, 1)
        self.library.vterm_screen_reset(self.view, 1)
        read_fd = write_fd = None
        if feed:
            read_fd, write_fd = os.pipe()
            self.feeder = subprocess.Popen(feed, stdout=write_fd, stderr=subprocess.PIPE)
            os.close(write_fd)
            os.set_blocking(self.feeder.stderr.fileno(), False)
            self.hear("ready")
        self.began = time.perf_counter()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.environ["TERM"] = "xterm-256color"
            for name in ("SSH_CONNECTION", "SSH_TTY"):
                os.environ.pop(name, None)
            os.environ.update(env or {})
            if feed:
                os.dup2(read_fd, 0)
                os.close(read_fd)
            os.execvp(command[0], command)
        if feed:
            os.close(read_fd)
        self.bytes = 0
        self.last = self.began # when the newest byte came

    def hear(self, word=None, seconds=30):
        """Takes what the feeder told; with a word waits until a line starts with it."""
        end = time.perf_counter() + seconds
        while self.feeder:
            piece = self.feeder.stderr.read()
            lines = (self.rest + (piece or b"")).split(b"\n")
            self.rest = lines.pop()
            self.told += [line.decode().split() for line in lines]
            if not word or any(line and line[0] == word for line in self.told) or time.perf_counter() > end:
                return
            time.sleep(0.005)

    def read_once(self, seconds):
        """The bytes that come within so long, or b""."""
        if not select.select([self.fd], [], [], max(seconds, 0))[0]:
            return b""
        try:
            piece = os.read(self.fd, 65536)
        except OSError:
            return b""
        self.last = time.perf_counter()
        self.bytes += len(piece)
        self.library.vterm_input_write(self.model, piece, len(piece))
        answer = ctypes.create_string_buffer(256)
        n = self.library.vterm_output_read(self.model, answer, len(answer))
        if n: # as a terminal answers whether it is ready
            os.write(self.fd, answer.raw[:n])
        return piece

    def read(self, seconds, until=None):
        """Reads for so long, or until the condition holds: seconds since the call, None when it never did."""
        began = time.perf_counter()
        while True:
            left = began + seconds - time.perf_counter()
            if left <= 0:
                return None
            if self.read_once(left) and until and until(self):
                while self.read_once(0.003): # the rest of the picture
                    pass
                return self.last - began

    def text(self, row, end_row=None):
        """Rows of the screen as text, without line ends."""
        rect = Rect(row, (end_row or row + 1), 0, self.columns)
        room = ctypes.create_string_buffer(self.columns * (rect.end_row - row) * 4 + 1)
        n = self.library.vterm_screen_get_text(self.view, room, len(room), rect)
        return room.raw[:n].decode("utf-8", "replace")

    def whole(self):
        return self.text(0, self.rows)

    def key(self, text):
        os.write(self.fd, text)

    def resident_mb(self):
        with open(f"/proc/{self.pid}/statm") as f:
            return int(f.read().split()[1]) * 4096 / 1e6

    def cpu_s(self, thread=None):
        """Seconds of processor so far, of all threads or of one."""
        with open(f"/proc/{self.pid}/task/{thread}/stat" if thread else f"/proc/{self.pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def threads(self):
        """The threads of a screen with one source, in the order in which they were started, with their seconds."""
        ids = sorted(int(name) for name in os.listdir(f"/proc/{self.pid}/task"))
        return [(name, self.cpu_s(i)) for name, i in zip(("screen", "source", "engine"), ids)]

    def close(self):
        self.key(b"\x1b")
        self.read(0.2)
        self.key(b"q")
        self.read(2, lambda s: "weir" not in s.text(0))
        if self.feeder:
            self.feeder.kill()
            self.feeder.wait()
            self.feeder.stderr.close()
        os.close(self.fd)
        os.waitpid(self.pid, 0)
        self.library.vterm_free(self.model)
