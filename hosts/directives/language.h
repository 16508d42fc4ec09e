#pragma once
// What this room calls by its plain name from hosts/language and hosts/base.

#include "hosts/base/letters.h"
#include "hosts/language/names.h"
#include "hosts/language/syntax.h"

namespace hosts::directives {

using base::SameLetters;
using language::Directive;
using language::NearestName;
using language::Refuse;
using language::Shown;
using language::Word;

}  // namespace hosts::directives
