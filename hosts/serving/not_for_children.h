#pragma once
// NotForChildren: while it lives, a process that an application forks closes this descriptor at once.
// IsForkedChild:  whether this process was forked since the first of them was made; it serves nobody.
//
// A child that outlives its process would hold connections open at whose other end somebody waits for an answer, or
// for the news that there will be none; and the sockets on which they come. A program that is executed (subprocess)
// has none of them anyway.
//
// Owns:    nothing: a place in a list that the whole process has, because handlers of fork() are told nothing.
// Threads: any. A child that is forked between accept() and this keeps that one connection.

namespace hosts::serving {

class NotForChildren {
 public:
  explicit NotForChildren(int fd);
  NotForChildren(const NotForChildren&) = delete;
  NotForChildren& operator=(const NotForChildren&) = delete;
  ~NotForChildren();

 private:
  int fd_;
};

[[nodiscard]] bool IsForkedChild();

}  // namespace hosts::serving
