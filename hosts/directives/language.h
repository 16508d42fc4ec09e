#pragma once
// What this room calls by its plain name from hosts/language.

#include "hosts/language/names.h"
#include "hosts/language/syntax.h"

namespace hosts::directives {

using language::Directive;
using language::NearestName;
using language::Refuse;
using language::SameName;
using language::Shown;
using language::Word;

}  // namespace hosts::directives
