"""Makes known.v2 beside this file: what another implementation of HdrHistogram, PyPI's hdrhistogram 0.10.8,
writes of the values that the tests record too.

Run by hand, in an environment of its own: pip install hdrhistogram==0.10.8
"""

from pathlib import Path

from hdrh.histogram import HdrHistogram

HERE = Path(__file__).parent


def main():
    histogram = HdrHistogram(1, 3_600_000_000_000, 3)
    state = 12345
    for _ in range(2000):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        histogram.record_value(1000 + ((state >> 33) >> (state >> 59)))
    (HERE / "known.v2").write_bytes(histogram.encode() + b"\n")


if __name__ == "__main__":
    main()
