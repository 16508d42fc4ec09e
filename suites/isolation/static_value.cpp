// A plain shared library with one static variable: what two applications share when both load it.

namespace {
int value = 0;
}

extern "C" {
void static_value_set(int new_value) {
  value = new_value;
}
int static_value_get() {
  return value;
}
}
