/// A spline of least squares with as few knots as its distance from the points allows, as smooth as that distance leaves
/// it.
///
/// Dierckx, "Curve and Surface Fitting with Splines" (1993), chapter 5.2, as SciPy's `splrep` gives it with weights of 1:
/// knots are added where residuals are large until their squares sum to the limit or less, then a penalty on jumps of the
/// last derivative brings the sum up to it. Sums are made in the order of FITPACK's `fpcurf`, so that results differ from
/// it in no bit.
struct SmoothingSpline {
  private let degree: Int
  private(set) var knots: [Double]
  private(set) var coefficients: [Double]

  /// - Parameters:
  ///   - x: strictly increasing, more than `degree`.
  ///   - y: as many.
  ///   - degree: odd.
  ///   - limit: of the sum of squared residuals, above 0.
  init(_ x: [Double], _ y: [Double], degree: Int, limit: Double) {
    precondition(x.count == y.count && x.count > degree && degree % 2 == 1 && limit > 0)
    var fit = Fit(x, y, degree, limit)
    fit.chooseKnots()
    fit.smooth()
    (self.degree, knots, coefficients) = (degree, fit.knots, fit.coefficients)
  }

  /// The value at a place between the first and the last point: `splev`.
  func value(_ at: Double) -> Double {
    var span = degree
    while at >= knots[span + 1], span < coefficients.count - 1 { span += 1 }
    let basis = Self.basis(knots, degree, at, span)
    var sum = 0.0
    for (index, value) in basis.enumerated() { sum += coefficients[span - degree + index] * value }
    return sum
  }

  /// The values of the `degree + 1` B-splines that are not 0 between the knots `span` and `span + 1`: `fpbspl`.
  fileprivate static func basis(
    _ knots: [Double], _ degree: Int, _ at: Double, _ span: Int
  ) -> [Double] {
    var values = [Double](repeating: 0, count: degree + 1)
    values[0] = 1
    for order in 1...degree {
      let lower = values
      values[0] = 0
      for index in 0..<order {
        let (right, left) = (knots[span + index + 1], knots[span + index + 1 - order])
        guard right != left else {
          values[index + 1] = 0
          continue
        }
        let share = lower[index] / (right - left)
        values[index] += share * (right - at)
        values[index + 1] = share * (at - left)
      }
    }
    return values
  }
}

/// What a fit knows on its way.
private struct Fit {
  let x: [Double]
  let y: [Double]
  let degree: Int
  let limit: Double
  var knots: [Double]
  var coefficients: [Double] = []
  /// How near the sum of squares has to come to its limit.
  private let tolerance: Double
  /// Triangular, row by row from the diagonal on, and the right side: the rotated equations of least squares.
  private var triangle: [[Double]] = []
  private var side: [Double] = []
  /// B-splines at each point.
  private var bases: [[Double]] = []
  /// Of the polynomial, and of the knots there are.
  private var firstSum = 0.0
  private var sum = 0.0
  /// Whether knots alone are the answer.
  private var isDone = false

  init(_ x: [Double], _ y: [Double], _ degree: Int, _ limit: Double) {
    (self.x, self.y, self.degree, self.limit) = (x, y, degree, limit)
    tolerance = 0.001 * limit
    knots = Self.ends(x, degree, inner: [])
  }

  private static func ends(_ x: [Double], _ degree: Int, inner: [Double]) -> [Double] {
    [Double](repeating: x[0], count: degree + 1) + inner
      + [Double](repeating: x[x.count - 1], count: degree + 1)
  }

  /// Adds knots until the sum of squares is at its limit or below.
  mutating func chooseKnots() {
    let fewest = 2 * (degree + 1)
    let most = x.count + degree + 1
    var before = 0.0
    var added = 0
    // Points inside of each interval between knots.
    var inside = [x.count - 2]
    for _ in x.indices {
      solve()
      if knots.count == fewest { firstSum = sum }
      let excess = sum - limit
      if abs(excess) < tolerance || (excess < 0 && knots.count == fewest) {
        isDone = true
        return
      }
      if excess < 0 { return }
      if knots.count == most {
        isDone = true
        return
      }
      if knots.count == fewest {
        added = 1
      } else {
        var wanted = added * 2
        if before - sum > tolerance {
          wanted = Int(min(Double(added) * excess / (before - sum), Double(added) * 2))
        }
        added = min(added * 2, max(wanted, added / 2, 1))
      }
      before = sum
      var residuals = residualsByInterval()
      for _ in 0..<added {
        addKnot(&residuals, &inside)
        if knots.count == most {
          // A knot at each point but those near the ends: the spline goes through all.
          let skipped = degree / 2 + 1
          knots = Self.ends(x, degree, inner: Array(x[skipped..<x.count - skipped]))
          break
        }
      }
    }
  }

  /// Least squares with the knots that there are, by rotations.
  private mutating func solve() {
    let count = knots.count - degree - 1
    triangle = [[Double]](repeating: [Double](repeating: 0, count: degree + 1), count: count)
    side = [Double](repeating: 0, count: count)
    bases = []
    sum = 0
    var span = degree
    for index in x.indices {
      while x[index] >= knots[span + 1], span < count - 1 { span += 1 }
      var row = SmoothingSpline.basis(knots, degree, x[index], span)
      bases.append(row)
      var value = y[index]
      for column in 0...degree where row[column] != 0 {
        let place = span - degree + column
        let turn = Rotation(row[column], &triangle[place][0])
        turn.apply(&value, &side[place])
        for next in column + 1..<degree + 1 {
          turn.apply(&row[next], &triangle[place][next - column])
        }
      }
      sum += value * value
    }
    coefficients = Self.solved(triangle, side, width: degree + 1)
  }

  private static func solved(_ triangle: [[Double]], _ side: [Double], width: Int) -> [Double] {
    var result = side
    let last = side.count - 1
    for row in stride(from: last, through: 0, by: -1) {
      var value = side[row]
      for column in 1..<max(min(width, last - row + 1), 1) {
        value -= result[row + column] * triangle[row][column]
      }
      result[row] = value / triangle[row][0]
    }
    return result
  }

  /// Squared residuals; a point on a knot counts by half on both sides.
  private func residualsByInterval() -> [Double] {
    var result: [Double] = []
    var part = 0.0
    forEachResidual { square, isOnKnot in
      part += square
      if isOnKnot {
        let half = square * 0.5
        result.append(part - half)
        part = half
      }
    }
    return result + [part]
  }

  private func forEachResidual(_ body: (_ square: Double, _ isFirstOfInterval: Bool) -> Void) {
    let count = knots.count - degree - 1
    var end = degree + 1
    for index in x.indices {
      var isFirst = false
      if x[index] >= knots[end], end < count {
        isFirst = true
        end += 1
      }
      var value = 0.0
      for column in 0...degree {
        value += coefficients[end - degree - 1 + column] * bases[index][column]
      }
      let difference = value - y[index]
      body(difference * difference, isFirst)
    }
  }

  /// Adds a knot at the middle point of the interval with the largest residual that has points inside: `fpknot`.
  private mutating func addKnot(_ residuals: inout [Double], _ inside: inout [Int]) {
    var (largest, number, first) = (0.0, -1, 0)
    var begin = 0
    for index in residuals.indices {
      if residuals[index] > largest, inside[index] > 0 {
        (largest, number, first) = (residuals[index], index, begin)
      }
      begin += inside[index] + 1
    }
    guard number >= 0 else { return }
    let points = inside[number]
    let half = points / 2 + 1
    knots.insert(x[first + half], at: degree + 1 + number)
    inside[number] = half - 1
    inside.insert(points - half, at: number + 1)
    residuals[number] = largest * Double(inside[number]) / Double(points)
    residuals.insert(largest * Double(inside[number + 1]) / Double(points), at: number + 1)
  }

  /// Brings the sum of squares up to its limit by a penalty on jumps of the last derivative.
  mutating func smooth() {
    guard !isDone else { return }
    let jumps = self.jumps
    let inner = jumps.count
    var low = (p: 0.0, f: firstSum - limit)
    var high = (p: -1.0, f: sum - limit)
    var p = Double(side.count) / triangle.reduce(0) { $0 + $1[0] }
    var (isLowKnown, isHighKnown) = (false, false)
    for step in 1...20 {
      var rows = triangle.map { $0 + [0] }
      var right = side
      for index in 0..<inner {
        var row = jumps[index].map { $0 * (1 / p) }
        var value = 0.0
        for place in index..<side.count {
          let turn = Rotation(row[0], &rows[place][0])
          turn.apply(&value, &right[place])
          if place == side.count - 1 { break }
          let width = place >= inner ? side.count - 1 - place : degree + 1
          for column in 1...width {
            turn.apply(&row[column], &rows[place][column])
            row[column - 1] = row[column]
          }
          row[width] = 0
        }
      }
      coefficients = Self.solved(rows, right, width: degree + 2)
      var sum = 0.0
      forEachResidual { square, _ in sum += square }
      let excess = sum - limit
      if abs(excess) < tolerance || step == 20 { return }
      let this = (p: p, f: excess)
      if !isHighKnown, this.f - high.f <= tolerance {
        high = this
        p *= 0.04
        if p <= low.p { p = low.p * 0.9 + this.p * 0.1 }
        continue
      }
      if !isHighKnown, this.f < 0 { isHighKnown = true }
      if !isLowKnown, low.f - this.f <= tolerance {
        low = this
        p /= 0.04
        if high.p >= 0, p >= high.p { p = this.p * 0.1 + high.p * 0.9 }
        continue
      }
      if !isLowKnown, this.f > 0 { isLowKnown = true }
      if this.f >= low.f || this.f <= high.f { return }
      p = Self.root(&low, this, &high)
    }
  }

  /// Where a rational function through three points is 0; the points then enclose it: `fprati`.
  private static func root(
    _ low: inout (p: Double, f: Double), _ this: (p: Double, f: Double),
    _ high: inout (p: Double, f: Double)
  ) -> Double {
    let p: Double
    if high.p > 0 {
      let a = low.f * (this.f - high.f)
      let b = this.f * (high.f - low.f)
      let c = high.f * (low.f - this.f)
      p =
        -(low.p * this.p * c + this.p * high.p * a + low.p * high.p * b)
        / (low.p * a + this.p * b + high.p * c)
    } else {
      p =
        (low.p * (low.f - high.f) * this.f - this.p * (this.f - high.f) * low.f)
        / ((low.f - this.f) * high.f)
    }
    if this.f < 0 { high = this } else { low = this }
    return p
  }

  /// Jumps of the last derivative of each B-spline at the inner knots: `fpdisc`.
  private var jumps: [[Double]] {
    let count = knots.count - degree - 1
    let scale = Double(count - degree) / (knots[count] - knots[degree])
    return (degree + 1..<count).map { knot in
      let before = (0...degree).map { knots[knot] - knots[knot - degree - 1 + $0] }
      let after = (0...degree).map { knots[knot] - knots[knot + 1 + $0] }
      let steps = before + after
      return (0...degree + 1).map { index in
        var product = steps[index]
        for next in 1...degree { product = product * steps[index + next] * scale }
        let first = knot - degree - 1 + index
        return (knots[first + degree + 1] - knots[first]) / product
      }
    }
  }
}

/// A rotation that turns one number of a pair to 0: `fpgivs` and `fprota`.
private struct Rotation {
  let cosine: Double
  let sine: Double

  /// - Parameter diagonal: becomes the length of both.
  init(_ pivot: Double, _ diagonal: inout Double) {
    let size = abs(pivot)
    let length =
      size >= diagonal
      ? size * (1 + (diagonal / pivot) * (diagonal / pivot)).squareRoot()
      : diagonal * (1 + (pivot / diagonal) * (pivot / diagonal)).squareRoot()
    (cosine, sine) = (diagonal / length, pivot / length)
    diagonal = length
  }

  func apply(_ a: inout Double, _ b: inout Double) {
    let (first, second) = (a, b)
    b = cosine * second + sine * first
    a = cosine * first - sine * second
  }
}
