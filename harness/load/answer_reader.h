#pragma once
// AnswerReader: the bytes of one HTTP/1.1 answer, until it is whole.
//
// Knows what a load generator needs: the status, the framing (length, chunks, or until the
// connection closes), whether the connection goes on, and the body. One request at a time on a
// connection, so bytes beyond the answer are a fault. Its buffers are kept from answer to answer:
// in the steady state nothing is allocated, and a body of known length is not copied.
//
// Owns:    its buffers.
// Fails:   State::Broken, with a word about what is wrong in problem().

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace harness::load {

class AnswerReader {
 public:
  enum class State { Incomplete, Whole, Broken };
  enum class Body { Expected, None };  // None: the answer to a HEAD

  // Where received bytes go; Received() says how many came and looks at them.
  [[nodiscard]] std::span<char> Space();
  State Received(std::size_t count);
  // The other side closed: an answer without a length is whole now, any other is broken.
  State Closed();

  // Of a whole answer, until Next().
  [[nodiscard]] int status() const { return status_; }
  [[nodiscard]] std::string_view head() const {
    return std::string_view(buffer_.data(), head_end_);
  }
  [[nodiscard]] std::string_view body() const;
  [[nodiscard]] bool goes_on() const { return goes_on_; }
  [[nodiscard]] std::string_view problem() const { return problem_; }
  // Whether nothing of the answer has come yet.
  [[nodiscard]] bool is_fresh() const { return used_ == 0; }

  // Forgets the answer; the next one begins.
  void Next(Body body = Body::Expected);

 private:
  enum class Framing { Unknown, None, Length, Chunked, UntilClose };
  State ReadHead();
  void ReadField(std::string_view line);
  State ReadBody();
  State ReadChunks();
  State Break(const char* problem);

  std::string buffer_;  // what was received; used_ bytes of it count
  std::size_t used_ = 0;
  std::size_t scanned_ = 0;   // where the search for the head's end goes on
  std::size_t head_end_ = 0;  // behind the empty line; 0 while it has not come
  std::string chunks_;        // the body of a chunked answer, put together
  std::size_t chunk_at_ = 0;  // where the next chunk's size begins
  Framing framing_ = Framing::Unknown;
  Body expected_ = Body::Expected;
  std::size_t length_ = 0;
  int status_ = 0;
  bool goes_on_ = true;
  const char* problem_ = "";
};

}  // namespace harness::load
