/// Singular values and vectors of a small square matrix, step by step as LINPACK's SVDC finds them
/// (Dongarra, Bunch, Moler, Stewart: LINPACK Users' Guide, 1979, chapter 11), on which ITK's VNL stands.
///
/// Signs of vectors, and vectors of equal values, are an accident of the algorithm; ITK decides by them
/// which form of a NIfTI file counts, so the order of operations and their rounding are LINPACK's.
struct SingularVectors<Real: BinaryFloatingPoint> {
  /// Columns of U.
  private(set) var left: [[Real]]
  /// In descending order.
  private(set) var values: [Real]
  /// Columns of V.
  private(set) var right: [[Real]]
  /// The super-diagonal of the matrix while it is not yet diagonal.
  private var above: [Real]
  private let size: Int

  /// - Parameter rows: as many as columns, at least 2; finite.
  init(_ rows: [[Real]]) {
    size = rows.count
    let zeros = [Real](repeating: 0, count: size)
    left = .init(repeating: zeros, count: size)
    right = left
    values = zeros
    above = zeros
    bidiagonalize(rows)
    diagonalize()
    values = values.map { abs($0) }
  }

  /// The smallest value as a share of the largest; no number for a matrix of zeros.
  var condition: Real { values[size - 1] / values[0] }

  /// The inverse of the matrix, row by row.
  var inverse: [[Real]] {
    (0..<size).map { row in
      (0..<size).map { column in
        (0..<size).reduce(0) { sum, index in
          let weight = values[index] == 0 ? 0 : 1 / values[index]
          return sum + right[index][row] * weight * left[index][column]
        }
      }
    }
  }
}

// MARK: - To two diagonals

extension SingularVectors {
  /// Householder's transformations from both sides, collected in the columns of `left` and `right`.
  private mutating func bidiagonalize(_ rows: [[Real]]) {
    var matrix = (0..<size).map { column in rows.map { $0[column] } }
    for step in 0..<(size - 1) {
      let later = (step + 1)..<size
      values[step] = -Self.reflector(&matrix[step], from: step)
      for column in later {
        if values[step] != 0 {
          Self.reflect(&matrix[column], by: matrix[step], from: step)
        }
        above[column] = matrix[column][step]
      }
      left[step] = matrix[step]
      guard step < size - 2 else { continue }
      above[step] = -Self.reflector(&above, from: step + 1)
      if above[step] != 0 {
        var work = [Real](repeating: 0, count: size)
        for column in later {
          Self.add(matrix[column], times: above[column], to: &work, from: step + 1)
        }
        for column in later {
          Self.add(
            work, times: -above[column] / above[step + 1], to: &matrix[column], from: step + 1)
        }
      }
      for row in later { right[step][row] = above[row] }
    }
    values[size - 1] = matrix[size - 1][size - 1]
    above[size - 2] = matrix[size - 1][size - 2]
    above[size - 1] = 0
    multiplyOut()
  }

  private mutating func multiplyOut() {
    left[size - 1] = Self.unit(size - 1, of: size)
    for step in (0..<(size - 1)).reversed() {
      guard values[step] != 0 else {
        left[step] = Self.unit(step, of: size)
        continue
      }
      for column in (step + 1)..<size {
        Self.reflect(&left[column], by: left[step], from: step)
      }
      for row in step..<size { left[step][row] = -left[step][row] }
      left[step][step] += 1
      for row in 0..<step { left[step][row] = 0 }
    }
    for step in (0..<size).reversed() {
      if step < size - 2, above[step] != 0 {
        for column in (step + 1)..<size {
          Self.reflect(&right[column], by: right[step], from: step + 1)
        }
      }
      right[step] = Self.unit(step, of: size)
    }
  }

  private static func unit(_ index: Int, of size: Int) -> [Real] {
    (0..<size).map { $0 == index ? 1 : 0 }
  }

  /// Turns the rest of a vector into the vector of a reflection.
  ///
  /// - Returns: its length, with the sign of its first number.
  private static func reflector(_ vector: inout [Real], from start: Int) -> Real {
    var length = Self.norm(vector[start...])
    guard length != 0 else { return 0 }
    if vector[start] != 0 { length = Real(signOf: vector[start], magnitudeOf: length) }
    let factor = 1 / length
    for index in start..<vector.count { vector[index] *= factor }
    vector[start] += 1
    return length
  }

  private static func reflect(_ vector: inout [Real], by mirror: [Real], from start: Int) {
    var product: Real = 0
    for index in start..<vector.count { product += mirror[index] * vector[index] }
    Self.add(mirror, times: -product / mirror[start], to: &vector, from: start)
  }

  private static func add(
    _ vector: [Real], times factor: Real, to target: inout [Real], from start: Int
  ) {
    for index in start..<vector.count { target[index] += factor * vector[index] }
  }

  /// SNRM2; the root is taken in double, as C does.
  private static func norm(_ vector: ArraySlice<Real>) -> Real {
    if vector.count == 1 { return abs(vector[vector.startIndex]) }
    var (scale, squares): (Real, Real) = (0, 1)
    for value in vector where value != 0 {
      let size = abs(value)
      if scale < size {
        let ratio = scale / size
        squares = squares * (ratio * ratio) + 1
        scale = size
      } else {
        let ratio = size / scale
        squares += ratio * ratio
      }
    }
    return Real(Double(scale) * Double(squares).squareRoot())
  }
}

// MARK: - To one diagonal

extension SingularVectors {
  /// Shifted QR steps from the last value to the first.
  private mutating func diagonalize() {
    var (end, rounds) = (size, 0)
    while end > 0, rounds < 1000 {
      let start = firstOfBlock(end)
      if start == end - 1 {
        sort(start)
        end -= 1
        rounds = 0
        continue
      }
      switch negligible(start, end) {
      case end - 1: deflateLast(start, end)
      case let split?: splitAt(split, end)
      case nil:
        step(start, end)
        rounds += 1
      }
    }
  }

  /// The first of the values up to `end` that are still coupled.
  private mutating func firstOfBlock(_ end: Int) -> Int {
    for index in (0..<(end - 1)).reversed() {
      let sum = abs(values[index]) + abs(values[index + 1])
      if sum + abs(above[index]) == sum {
        above[index] = 0
        return index + 1
      }
    }
    return 0
  }

  /// A value of the block that is nothing beside its neighbours.
  private mutating func negligible(_ start: Int, _ end: Int) -> Int? {
    for index in (start..<end).reversed() {
      var sum: Real = 0
      if index != end - 1 { sum += abs(above[index]) }
      if index != start { sum += abs(above[index - 1]) }
      if sum + abs(values[index]) == sum {
        values[index] = 0
        return index
      }
    }
    return nil
  }

  private mutating func deflateLast(_ start: Int, _ end: Int) {
    var f = above[end - 2]
    above[end - 2] = 0
    for index in (start..<(end - 1)).reversed() {
      let (cosine, sine, length) = Self.rotation(values[index], f)
      values[index] = length
      if index != start {
        f = -sine * above[index - 1]
        above[index - 1] *= cosine
      }
      Self.rotate(&right, index, end - 1, cosine, sine)
    }
  }

  private mutating func splitAt(_ split: Int, _ end: Int) {
    var f = above[split]
    above[split] = 0
    for index in (split + 1)..<end {
      let (cosine, sine, length) = Self.rotation(values[index], f)
      values[index] = length
      f = -sine * above[index]
      above[index] *= cosine
      Self.rotate(&left, index, split, cosine, sine)
    }
  }

  private mutating func step(_ start: Int, _ end: Int) {
    var (f, g) = shifted(start, end)
    for index in start..<(end - 1) {
      var (cosine, sine, length) = Self.rotation(f, g)
      if index != start { above[index - 1] = length }
      f = cosine * values[index] + sine * above[index]
      above[index] = cosine * above[index] - sine * values[index]
      g = sine * values[index + 1]
      values[index + 1] *= cosine
      Self.rotate(&right, index, index + 1, cosine, sine)
      (cosine, sine, length) = Self.rotation(f, g)
      values[index] = length
      f = cosine * above[index] + sine * values[index + 1]
      values[index + 1] = -sine * above[index] + cosine * values[index + 1]
      g = sine * above[index + 1]
      above[index + 1] *= cosine
      Self.rotate(&left, index, index + 1, cosine, sine)
    }
    above[end - 2] = f
  }

  /// The first rotation of a step.
  private func shifted(_ start: Int, _ end: Int) -> (f: Real, g: Real) {
    let numbers = [
      values[end - 1], values[end - 2], above[end - 2], values[start], above[start],
    ]
    let scale = numbers.reduce(0) { max($0, abs($1)) }
    let (last, before, between) = (numbers[0] / scale, numbers[1] / scale, numbers[2] / scale)
    let (first, next) = (numbers[3] / scale, numbers[4] / scale)
    let b = ((before + last) * (before - last) + between * between) / 2
    let c = (last * between) * (last * between)
    var shift: Real = 0
    if b != 0 || c != 0 {
      shift = (b * b + c).squareRoot()
      if b < 0 { shift = -shift }
      shift = c / (b + shift)
    }
    return ((first + last) * (first - last) + shift, first * next)
  }

  /// Makes a value positive and puts it among the larger ones.
  private mutating func sort(_ start: Int) {
    if values[start] < 0 {
      values[start] = -values[start]
      right[start] = right[start].map { -$0 }
    }
    var index = start
    while index < size - 1, values[index] < values[index + 1] {
      values.swapAt(index, index + 1)
      right.swapAt(index, index + 1)
      left.swapAt(index, index + 1)
      index += 1
    }
  }

  /// SROTG.
  private static func rotation(_ a: Real, _ b: Real) -> (cosine: Real, sine: Real, length: Real) {
    let scale = abs(a) + abs(b)
    guard scale != 0 else { return (1, 0, 0) }
    let (first, second) = (a / scale, b / scale)
    let squares = first * first + second * second
    let size = Real(Double(scale) * Double(squares).squareRoot())
    let length = Real(signOf: abs(a) > abs(b) ? a : b, magnitudeOf: size)
    return (a / length, b / length, length)
  }

  private static func rotate(
    _ columns: inout [[Real]], _ first: Int, _ second: Int, _ cosine: Real, _ sine: Real
  ) {
    for row in columns.indices {
      let (x, y) = (columns[first][row], columns[second][row])
      columns[second][row] = cosine * y - sine * x
      columns[first][row] = cosine * x + sine * y
    }
  }
}
