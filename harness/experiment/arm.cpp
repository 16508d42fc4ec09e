#include "harness/experiment/arm.h"

namespace harness::experiment {

namespace record = reports::record;

record::Arm Arm::ToRecord() const {
  record::Arm line;
  line.name = name;
  line.role = role;
  line.host = cell.host;
  line.mode = Name(cell.mode);
  line.app = cell.app.name;
  line.program = program;
  if (cell.app.needs_venv) line.venv = venv.string();
  if (delay.count() > 0) line.delay_us = static_cast<double>(delay.count()) / 1e3;
  return line;
}

Arm ControlOf(const Arm& baseline, record::ArmRole role) {
  Arm control = baseline;
  control.role = role;
  control.name = record::Name(role);
  return control;
}

}  // namespace harness::experiment
