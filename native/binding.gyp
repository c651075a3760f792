{
  "targets": [
    {
      "target_name": "acme_profiler",
      "sources": [
        "addon.cc",
        "bindings.cc",
        "collect_request.cc",
        "collector.cc",
        "context_frames.cc",
        "cpu_sampler.cc",
        "heap_sampler.cc",
        "leaf_frame.cc",
        "line_split.cc",
        "loop_waker.cc",
        "name_lookup.cc",
        "pprof_encoder.cc",
        "resolution.cc",
        "sigprof.cc",
        "space_profile.cc",
        "string_table.cc",
        "termination.cc",
        "thread_channel.cc",
        "tick_watcher.cc",
        "thread_cpu.cc",
        "thread_sampler.cc",
        "wall_profile.cc",
        "overhead_budget.cc",
        "weights.cc",
      ],
      # What finds no memory is given up and counted; without exceptions it would end the process.
      "cflags_cc!": ["-fno-exceptions"],
      "cflags_cc": [
        "-fexceptions",
        "-O2",
        "-Wall",
        "-Wextra",
        "-Wno-unused-parameter",
        "-Wno-cast-function-type",
        "-fvisibility=hidden",
      ],
      "ldflags": ["-static-libstdc++", "-static-libgcc"],
    }
  ]
}
